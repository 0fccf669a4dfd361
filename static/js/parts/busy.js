/** Keeps a form from being sent twice by an impatient second press. */

const PATIENCE = 20_000;

/**
 * Mark the pressed button busy on submit, and hold back further submits for a while.
 * @param {HTMLFormElement} form
 */
export function guardSubmit(form) {
  /** @type {Element | null} */
  let busy = null;
  let timer = 0;

  const release = () => {
    clearTimeout(timer);
    busy?.removeAttribute("aria-busy");
    busy = null;
  };

  form.addEventListener("submit", (event) => {
    if (busy) {
      event.preventDefault();
      return;
    }
    busy = event.submitter ?? form;
    busy.setAttribute("aria-busy", "true");
    timer = window.setTimeout(release, PATIENCE);
  });
  window.addEventListener("pageshow", release);
}

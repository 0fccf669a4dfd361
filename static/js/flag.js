/* Runs before anything is drawn, so that what needs scripts is never shown without them. */
document.documentElement.classList.add("js");

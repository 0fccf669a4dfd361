/* Before the first paint, so that pages do not jump: scripts run here. */
document.documentElement.classList.add("js");

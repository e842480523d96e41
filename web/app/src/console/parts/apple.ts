/** Whether the keyboard has a ⌘. */
export const apple = /Mac|iPhone|iPad/.test(navigator.userAgent);

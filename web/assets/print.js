// @ts-check
// The print button, shown only where there is a script to work it.

const button = document.getElementById("print");
if (button) {
	button.hidden = false;
	button.addEventListener("click", () => window.print());
}

/* Says on the page that a passkey did not work; the ceremony itself is django-allauth's. */
document.addEventListener("allauth.error", (event) => {
  event.preventDefault();
  document.getElementById("passkey-problem").hidden = false;
});

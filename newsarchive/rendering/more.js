// Presses the first button that can be seen and bears one of `labels`; tells whether there was one.
// Run in both renderers: the language is that of 2009.
function (labels) {
  var buttons = document.getElementsByTagName("button");
  for (var n = 0; n < buttons.length; n += 1) {
    var label = (buttons[n].textContent || "").replace(/\s+/g, " ").replace(/^ | $/g, "");
    var isSeen = buttons[n].offsetWidth > 0 || buttons[n].offsetHeight > 0;
    if (isSeen && !buttons[n].disabled && labels.indexOf(label.toLowerCase()) >= 0) {
      buttons[n].click();
      return true;
    }
  }
  return false;
}

/** Notifications of the browser: only after somebody has asked for them, only while nobody looks. */

/** `missing` where the browser has none. */
export function notificationState(): NotificationPermission | "missing" {
  return "Notification" in window ? Notification.permission : "missing";
}

/** Shows nothing to whoever sees the page, or never asked for it. */
export function notify(body: string): void {
  if (!document.hidden || notificationState() !== "granted") return;
  try {
    // The tag: of several tabs that say the same only one is shown.
    const notification = new Notification("My OCR", { body, tag: "my-ocr-batch" });
    notification.addEventListener("click", () => {
      window.focus();
      notification.close();
    });
  } catch {
    // Browsers of phones have them for service workers alone.
  }
}

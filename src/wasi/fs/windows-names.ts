/**
 * Names that mean more than a file to Windows: what a guest may not use on a host directory there.
 *
 * Device names reach the device from any directory and with any extension (`dir/NUL`, `con.txt`); the superscript digits
 * count as digits in them (CVE-2024-51745). A colon begins a stream of a file or follows a drive letter, and a backslash
 * divides paths. Dots and spaces at the end are dropped, so such a name is another file's.
 * https://learn.microsoft.com/windows/win32/fileio/naming-a-file
 */

const forbidden = /[<>:"/\\|?*]|[. ]$/;

const device = /^(?:con|prn|aux|nul|conin\$|conout\$|clock\$|(?:com|lpt)[0-9¹²³])[ ]*(?:\.|:|$)/i;

/** Whether a relative path with slashes leads to Windows where it leads to us: the text of a link. */
export function isWindowsPath(path: string): boolean {
  const components = path.split("/").filter((name) => name !== "" && name !== "." && name !== "..");
  return components.every(isWindowsFileName);
}

/** Whether a name is that of an ordinary file to Windows. */
export function isWindowsFileName(name: string): boolean {
  const hasControls = Array.from(name).some((character) => character < " ");
  return !hasControls && !forbidden.test(name) && !device.test(name);
}

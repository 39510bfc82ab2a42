function padded(value: number, digits: number): string {
  return String(value).padStart(digits, "0");
}

/** `YYYY-MM-DD HH:MM:SS.mmm` in local time, as spdlog writes it. */
export function timestamp(now: Date): string {
  const date = [padded(now.getFullYear(), 4), padded(now.getMonth() + 1, 2), padded(now.getDate(), 2)].join("-");
  const time = [now.getHours(), now.getMinutes(), now.getSeconds()].map((part) => padded(part, 2)).join(":");
  return `${date} ${time}.${padded(now.getMilliseconds(), 3)}`;
}

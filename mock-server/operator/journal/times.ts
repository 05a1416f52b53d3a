/** ISO 8601 of a time in ms; null when a date cannot hold it. */
export const isoTime = (ms: number): string | null => {
  const date = new Date(ms);
  return Number.isNaN(date.getTime()) ? null : date.toISOString();
};

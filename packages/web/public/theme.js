// Runs before the first paint, so that a chosen appearance does not flash. A file of its own because the policy allows no inline script.
try {
  const theme = localStorage.getItem('daymark.theme');
  if (theme === 'light' || theme === 'dark') document.documentElement.dataset.theme = theme;
} catch {
  // Storage may be closed to us; the system's appearance is then right.
}

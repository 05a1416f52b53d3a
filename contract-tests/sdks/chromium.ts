/** The browser of the tests. */
import { type Browser, chromium } from 'playwright-core';
import { needProgram } from './runtime.ts';

const names = [
  'chromium',
  'chromium-browser',
  'google-chrome',
  'google-chrome-stable',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  'C:/Program Files/Google/Chrome/Application/chrome.exe',
];

/** The path of Chromium, installed first if it has to be. */
export const needChromium = (): Promise<string> => needProgram(names, ['chromium']);

/** Flags with which it runs without a display and without asking the network for anything of its own. */
const quietFlags: readonly string[] = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** Opens Chromium without a display, with further flags; installs it first if it has to be. */
export async function openChromium(...flags: readonly string[]): Promise<Browser> {
  return chromium.launch({ executablePath: await needChromium(), args: [...quietFlags, ...flags] });
}

import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { accessSync, constants, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { WebSocket } from 'ws';
import { until } from './until';

const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];

/** Without a window, without the network of its own, and with a debugging port that is free. */
const switches = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--no-first-run',
  '--disable-sync',
  '--disable-background-networking',
  '--disable-component-update',
  '--remote-debugging-port=0',
];

/** The browser of this machine: what `CHROMIUM` names, else the first one on the path. */
export function findChromium(): string | undefined {
  const folders = (process.env['PATH'] ?? '').split(path.delimiter);
  const candidates = names.flatMap((name) => folders.map((folder) => path.join(folder, name)));
  return [process.env['CHROMIUM'] ?? '', ...candidates].find((file) => {
    try {
      accessSync(file, constants.X_OK);
      return file !== '';
    } catch {
      return false;
    }
  });
}

/** What the debugging protocol answers to a method. */
type Answer = Record<string, unknown>;

/** An answer, or something that the browser tells by itself. */
interface Message {
  readonly id?: number;
  readonly method?: string;
  readonly params?: {
    readonly exceptionDetails?: object;
    readonly entry?: { readonly level: string; readonly text: string };
  };
  readonly result?: Answer;
  readonly error?: { readonly message: string };
}

interface Waiting {
  resolve(answer: Answer): void;
  reject(error: Error): void;
}

/** A running Chromium with one tab, driven over its debugging protocol. */
export class Browser {
  /** Problems that the page told in its console, and exceptions that nobody caught. */
  readonly problems: string[] = [];
  private readonly child: ChildProcess;
  private readonly folder: string;
  private readonly socket: WebSocket;
  private readonly waiting = new Map<number, Waiting>();
  private session: string | undefined;
  private calls = 0;

  private constructor(child: ChildProcess, folder: string, socket: WebSocket) {
    this.child = child;
    this.folder = folder;
    this.socket = socket;
    socket.on('message', (data: Buffer) => this.receive(data.toString()));
  }

  static async start(executable: string, size = { width: 1280, height: 800 }): Promise<Browser> {
    const folder = mkdtempSync(path.join(tmpdir(), 'chromium-'));
    const own = [`--user-data-dir=${folder}`, `--window-size=${size.width},${size.height}`];
    const child = spawn(executable, [...switches, ...own, 'about:blank'], {
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    const socket = new WebSocket(await debuggerAddress(child));
    await once(socket, 'open');
    const browser = new Browser(child, folder, socket);
    await browser.attach();
    // The window's own bars would take from the page.
    await browser.resize(size.width, size.height);
    return browser;
  }

  /** Opens an address and waits until the page has loaded. */
  async open(url: string): Promise<void> {
    await this.call('Page.navigate', { url });
    await this.until('document.readyState === "complete"');
  }

  /** Value of a JavaScript expression in the page; a promise is awaited. */
  async evaluate<Value>(expression: string): Promise<Value> {
    const { result, exceptionDetails } = await this.call('Runtime.evaluate', {
      expression,
      awaitPromise: true,
      returnByValue: true,
    });
    if (exceptionDetails) {
      throw new Error(`${expression}: ${JSON.stringify(exceptionDetails)}`);
    }
    return (result as { value: Value }).value;
  }

  /** Waits until an expression is true in the page. */
  async until(expression: string, ms = 10_000): Promise<void> {
    await until(() => this.evaluate<boolean>(`Boolean(${expression})`), { what: expression, ms });
  }

  /** Clicks the first element that matches and, if given, has this text; waits for it to be there. */
  async click(selector: string, text?: string): Promise<void> {
    const found = elementExpression(selector, text);
    await this.until(found);
    await this.evaluate(`${found}.click()`);
  }

  /** Fills an input as somebody who types does: the focus stays in it. */
  async fill(selector: string, value: string): Promise<void> {
    const found = elementExpression(selector);
    await this.until(found);
    await this.evaluate(
      `(() => { const input = ${found}; input.focus(); input.value = ${JSON.stringify(value)};
        for (const type of ['input', 'change']) input.dispatchEvent(new Event(type, { bubbles: true })); })()`,
    );
  }

  /** Text of the first element that matches. */
  text(selector: string): Promise<string> {
    return this.evaluate(`document.querySelector(${JSON.stringify(selector)})?.innerText ?? ''`);
  }

  /** Presses a key, such as `ArrowDown` or `Enter`, where the focus is. */
  async press(key: string): Promise<void> {
    // Only with its text does Enter press a button.
    const text = key === 'Enter' ? { text: '\r' } : {};
    await this.call('Input.dispatchKeyEvent', { type: 'keyDown', key, code: key, ...text });
    await this.call('Input.dispatchKeyEvent', { type: 'keyUp', key, code: key });
  }

  async resize(width: number, height: number): Promise<void> {
    await this.call('Emulation.setDeviceMetricsOverride', {
      width,
      height,
      deviceScaleFactor: 1,
      mobile: false,
    });
  }

  /** Writes what the page shows as a PNG. */
  async screenshot(file: string): Promise<void> {
    const { data } = await this.call('Page.captureScreenshot', { format: 'png' });
    writeFileSync(file, Buffer.from(String(data), 'base64'));
  }

  /** Ends the browser as a person would, so that none of its processes still writes. */
  async close(): Promise<void> {
    const gone = once(this.child, 'exit');
    this.session = undefined;
    await this.call('Browser.close', {});
    await gone;
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
  }

  private async attach(): Promise<void> {
    const { targetInfos } = await this.call('Target.getTargets', {});
    const tab = (targetInfos as { type: string; targetId: string }[]).find(({ type }) => type === 'page');
    const { sessionId } = await this.call('Target.attachToTarget', {
      targetId: tab?.targetId,
      flatten: true,
    });
    this.session = String(sessionId);
    for (const domain of ['Page', 'Runtime', 'Log']) {
      await this.call(`${domain}.enable`, {});
    }
    // Without a window nobody gives the page the focus, and focus events stay away.
    await this.call('Emulation.setFocusEmulationEnabled', { enabled: true });
  }

  private call(method: string, params: object): Promise<Answer> {
    this.calls += 1;
    const id = this.calls;
    const session = this.session === undefined ? {} : { sessionId: this.session };
    return new Promise((resolve, reject) => {
      this.waiting.set(id, { resolve, reject });
      this.socket.send(JSON.stringify({ id, method, params, ...session }));
    });
  }

  private receive(text: string): void {
    const { id, error, result, ...told } = JSON.parse(text) as Message;
    if (id === undefined) {
      this.problems.push(...problemsOf(told));
      return;
    }
    const waiting = this.waiting.get(id);
    this.waiting.delete(id);
    if (error) {
      waiting?.reject(new Error(error.message));
    } else {
      waiting?.resolve(result ?? {});
    }
  }
}

function problemsOf({ method, params }: Message): string[] {
  if (method === 'Runtime.exceptionThrown') {
    return [JSON.stringify(params?.exceptionDetails)];
  }
  return method === 'Log.entryAdded' && params?.entry?.level === 'error' ? [params.entry.text] : [];
}

function elementExpression(selector: string, text?: string): string {
  const all = `[...document.querySelectorAll(${JSON.stringify(selector)})]`;
  return text === undefined
    ? `${all}[0]`
    : `${all}.find((each) => each.textContent.includes(${JSON.stringify(text)}))`;
}

/** Where it listens; told among other lines. */
async function debuggerAddress(child: ChildProcess): Promise<string> {
  const told: string[] = [];
  for await (const line of createInterface({ input: child.stderr ?? process.stdin })) {
    const address = /^DevTools listening on (ws:\S+)/.exec(line)?.[1];
    if (address !== undefined) {
      // Nobody reads what follows; an unread pipe would stop the browser once it is full.
      child.stderr?.resume();
      return address;
    }
    told.push(line);
  }
  throw new Error(`Chromium ended before it listened: ${told.slice(-5).join(' | ')}`);
}

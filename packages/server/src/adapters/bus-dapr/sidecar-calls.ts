/** What this folder needs of the sidecar: one HTTP exchange. The client, with its token and connections, is made elsewhere. */

export interface SidecarCall {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly timeout_ms: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array | undefined;
}

export interface SidecarAnswer {
  readonly status: number;
  readonly body: Buffer;
}

export interface SidecarCalls {
  /** Rejects only when no answer came. */
  call(call: SidecarCall): Promise<SidecarAnswer>;
}

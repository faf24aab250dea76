import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';
import { compressAssets } from './build/compress-assets.ts';

const server = process.env.DAYMARK_DEV_SERVER ?? 'http://127.0.0.1:8080';
const proxied = { target: server, changeOrigin: false, ws: true };

export default defineConfig({
  plugins: [react(), compressAssets({ bytesMin: 1024 })],
  build: {
    outDir: 'dist',
    // Tokens use light-dark() and oklch(): older engines would get neither colours nor layout, so nothing is lowered for them.
    target: ['chrome123', 'edge123', 'firefox125', 'safari17.5'],
    cssTarget: ['chrome123', 'edge123', 'firefox125', 'safari17.5'],
    // The content security policy allows no data: or inline script, so nothing is inlined.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
  },
  server: { proxy: { '/api': proxied, '/health': proxied } },
});

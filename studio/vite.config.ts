// SPDX-License-Identifier: Apache-2.0
import { defineConfig } from 'vitest/config';
import { compress } from './compress';

// The server that the development page talks to.
const server = process.env['AOZORA_SERVER'] ?? 'http://127.0.0.1:8080';
// The host stays as the browser said it: the server compares it with the page's origin.
const to = { target: server, changeOrigin: false };
const proxy = { '/v1': to, '/notice': to };

export default defineConfig({
  plugins: [compress()],
  esbuild: { jsx: 'automatic', jsxImportSource: 'preact' },
  build: {
    outDir: '../build/studio/dist',
    emptyOutDir: true,
    target: 'es2022',
    // The policy of the page allows files of the server alone: nothing is put inline.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rollupOptions: {
      // Pages are named after their folders: `page-1a2b3c4d.js` would say nothing.
      output: {
        chunkFileNames: ({ name, facadeModuleId }) => {
          const folder = /pages\/(\w+)\/page\.tsx$/.exec(facadeModuleId ?? '')?.[1];
          return `assets/${folder ?? name}-[hash].js`;
        },
      },
    },
  },
  server: { port: 5173, strictPort: true, proxy },
  preview: { proxy },
  test: { include: ['src/**/*.test.ts', 'src/**/*.test.tsx', 'test/**/*.test.ts'] },
});

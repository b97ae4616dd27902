// SPDX-License-Identifier: Apache-2.0
// A picture that was dropped, pasted or chosen.

const BYTES_MAX = 14_000_000; // as base64 below what the contract takes

export function imageIn(data: DataTransfer | null): File | null {
  return [...(data?.files ?? [])].find((file) => file.type.startsWith('image/')) ?? null;
}

export function readImage(file: File): Promise<{ name: string; url: string } | null> {
  if (file.size > BYTES_MAX) return Promise.resolve(null);
  return new Promise((resolve) => {
    const reader = new FileReader();
    reader.onload = () =>
      resolve(typeof reader.result === 'string' ? { name: file.name, url: reader.result } : null);
    reader.onerror = () => resolve(null);
    reader.readAsDataURL(file);
  });
}

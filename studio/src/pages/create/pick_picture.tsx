// SPDX-License-Identifier: Apache-2.0
// A button that asks for a picture from the disk; why not, where the model cannot begin with one.
import { useRef } from 'preact/hooks';
import { can } from '../../models/models';
import { Button } from '../../ui/button';
import { draftModel } from './draft';

export function PickPicture({
  label,
  whyNot,
  onPick,
}: {
  label: string;
  whyNot: string;
  onPick: (data: DataTransfer) => void; // as a drop would bring it
}) {
  const file = useRef<HTMLInputElement>(null);
  return (
    <>
      <Button
        size="s"
        look="quiet"
        icon="image"
        reason={can(draftModel.value, 'image') ? undefined : whyNot}
        onClick={() => file.current?.click()}
      >
        {label}
      </Button>
      <input
        ref={file}
        type="file"
        accept="image/*"
        hidden
        aria-label={label}
        onChange={(event) => {
          const data = new DataTransfer();
          for (const one of event.currentTarget.files ?? []) data.items.add(one);
          onPick(data);
          event.currentTarget.value = ''; // the same picture can be picked again
        }}
      />
    </>
  );
}

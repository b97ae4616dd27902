// SPDX-License-Identifier: Apache-2.0
// What is chosen most: picture, size, length, number, model.
import { signal } from '@preact/signals';
import { models } from '../../models/models';
import { formatDuration } from '../../lib/time';
import { Button } from '../../ui/button';
import { Segments } from '../../ui/field';
import { Menu, type MenuItem } from '../../ui/menu';
import { shapeOf } from '../../videos/media';
import { createWords as words } from '../../words/create';
import { type Count, draft, draftModel, draftSeconds, draftSize, LENGTHS, secondsMax, sizes } from './draft';
import { PickPicture } from './pick_picture';

export const isAdvanced = signal(false);

const sizeText = (size: string): string => size.replace('x', '\u202f×\u202f');

function sizeItems(): MenuItem[] {
  const items: MenuItem[] = [];
  for (const shape of ['wide', 'tall', 'square'] as const) {
    const fitting = sizes.value.filter((size) => shapeOf(size) === shape);
    for (const [i, size] of fitting.entries()) {
      items.push({
        label: `${words(shape)} · ${sizeText(size)}`,
        isChecked: size === draftSize.value,
        isApart: i === 0 && items.length > 0,
        run: () => {
          draft.size.value = size;
        },
      });
    }
  }
  return items;
}

function lengthItems(): MenuItem[] {
  return LENGTHS.filter((seconds) => seconds <= secondsMax.value).map((seconds) => ({
    label: words('seconds', { n: seconds }),
    isChecked: seconds === draftSeconds.value,
    run: () => {
      draft.seconds.value = seconds;
    },
  }));
}

function modelItems(): MenuItem[] {
  return (models.value ?? []).map(({ id }) => ({
    label: id,
    isChecked: id === draftModel.value?.id,
    run: () => {
      draft.model.value = id;
    },
  }));
}

const COUNTS: readonly { value: Count; label: string }[] = (['1', '2', '4'] as const).map((value) => ({
  value,
  label: value,
}));

export function Options({ onImage }: { onImage: (data: DataTransfer) => void }) {
  const several = (models.value?.length ?? 0) > 1;
  return (
    <div class="composer-options">
      <PickPicture label={words('addImage')} whyNot={words('imageCannot')} onPick={onImage} />
      <Menu label={words('size')} icon="expand" size="s" side="start" items={sizeItems()}>
        {sizeText(draftSize.value)}
      </Menu>
      <Menu label={words('length')} icon="film" size="s" side="start" items={lengthItems()}>
        {formatDuration(draftSeconds.value)}
      </Menu>
      {several && (
        <Menu label={words('model')} icon="sun" size="s" side="start" items={modelItems()}>
          {draftModel.value?.id}
        </Menu>
      )}
      <Segments
        label={words('variations')}
        value={draft.count.value}
        choices={COUNTS}
        onValue={(value) => {
          draft.count.value = value;
        }}
      />
      <Button
        size="s"
        look="quiet"
        icon="sliders"
        aria-expanded={isAdvanced.value}
        aria-controls="advanced"
        onClick={() => {
          isAdvanced.value = !isAdvanced.value;
        }}
      >
        {words('advanced')}
      </Button>
    </div>
  );
}

// SPDX-License-Identifier: Apache-2.0
import { Button } from '../../ui/button';
import { TextArea, TextField } from '../../ui/field';
import { createWords as words } from '../../words/create';
import { draft, draftModel, isRight, LIMITS } from './draft';
import { isAdvanced } from './options';

type Name = keyof typeof LIMITS;

function NumberField({ name, placeholder }: { name: Name; placeholder: string }) {
  const { min, max } = LIMITS[name];
  return (
    <TextField
      label={words(name)}
      value={draft[name].value}
      inputMode={name === 'guidance' ? 'decimal' : 'numeric'}
      placeholder={placeholder}
      autocomplete="off"
      error={isRight(name, draft[name].value) ? null : words('range', { min, max })}
      onValue={(value) => {
        draft[name].value = value;
      }}
    />
  );
}

export function Advanced() {
  const model = draftModel.value?.aozora;
  const preset = (value: number | undefined) =>
    value === undefined ? words('preset') : words('presetIs', { value });
  const reset = () => {
    for (const name of ['seed', 'steps', 'guidance', 'negative'] as const) draft[name].value = '';
  };
  return (
    <div id="advanced" class="composer-advanced" hidden={!isAdvanced.value}>
      <NumberField name="seed" placeholder={words('byChance')} />
      <NumberField name="steps" placeholder={preset(model?.steps)} />
      <NumberField name="guidance" placeholder={preset(model?.guidance)} />
      <div class="composer-negative">
        <TextArea
          label={words('negative')}
          hint={words('negativeHint')}
          rows={2}
          value={draft.negative.value}
          onValue={(value) => {
            draft.negative.value = value;
          }}
        />
      </div>
      <Button size="s" look="quiet" icon="undo" onClick={reset}>
        {words('reset')}
      </Button>
    </div>
  );
}

// SPDX-License-Identifier: Apache-2.0
import { Icon } from '../../ui/icon';
import { Menu } from '../../ui/menu';
import { libraryWords as words } from '../../words/library';
import type { Filter } from './search';

interface Props {
  filter: Filter;
  onFilter: (change: Partial<Filter>) => void;
}

const STATES = ['all', 'ready', 'running', 'failed'] as const;
const KINDS = ['all', 'create', 'remix', 'edit', 'extension'] as const;
const SHAPES = ['all', 'wide', 'tall', 'square'] as const;
const ORDERS = ['newest', 'oldest', 'longest'] as const;

// One of the filters: what is chosen stands on its button.
function Choice<K extends keyof Filter>({
  name,
  label,
  values,
  word,
  side = 'start',
  filter,
  onFilter,
}: Props & {
  name: K;
  label: string;
  values: readonly Filter[K][];
  word: (value: Filter[K]) => string;
  side?: 'start' | 'end';
}) {
  const items = values.map((value) => ({
    label: word(value),
    isChecked: filter[name] === value,
    run: () => onFilter({ [name]: value } as Partial<Filter>),
  }));
  return (
    <Menu size="s" look="plain" icon="down" side={side} label={label} items={items}>
      {word(filter[name])}
    </Menu>
  );
}

export function Tools(props: Props) {
  const { filter, onFilter } = props;
  return (
    <div class="shelf-tools" role="search">
      <label class="shelf-search">
        <Icon name="search" size={18} />
        <span class="visually-hidden">{words('search')}</span>
        <input
          type="search"
          class="input"
          value={filter.text}
          placeholder={words('search')}
          aria-keyshortcuts="/"
          onInput={(event) => onFilter({ text: event.currentTarget.value })}
        />
      </label>
      <div class="row">
        <Choice
          name="state"
          label={words('state')}
          values={STATES}
          word={(v) => words(`state_${v}`)}
          {...props}
        />
        <Choice
          name="kind"
          label={words('kind')}
          values={KINDS}
          word={(v) => words(`kind_${v}`)}
          {...props}
        />
        <Choice
          name="shape"
          label={words('shape')}
          values={SHAPES}
          word={(v) => words(`shape_${v}`)}
          {...props}
        />
        <Choice
          name="order"
          label={words('order')}
          values={ORDERS}
          word={(v) => words(`order_${v}`)}
          side="end"
          {...props}
        />
      </div>
    </div>
  );
}

// SPDX-License-Identifier: Apache-2.0
import { Icon } from '../../ui/icon';
import { Menu, type MenuItem } from '../../ui/menu';
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

function items<K extends keyof Filter>(
  name: K,
  values: readonly Filter[K][],
  word: (value: Filter[K]) => string,
  { filter, onFilter }: Props,
): MenuItem[] {
  return values.map((value) => ({
    label: word(value),
    isChecked: filter[name] === value,
    run: () => onFilter({ [name]: value } as Partial<Filter>),
  }));
}

export function Tools(props: Props) {
  const { filter, onFilter } = props;
  const state = (value: Filter['state']) => words(`state_${value}`);
  const kind = (value: Filter['kind']) => words(`kind_${value}`);
  const shape = (value: Filter['shape']) => words(`shape_${value}`);
  const order = (value: Filter['order']) => words(`order_${value}`);
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
        <Menu
          size="s"
          look="plain"
          icon="down"
          side="start"
          label={words('state')}
          items={items('state', STATES, state, props)}
        >
          {state(filter.state)}
        </Menu>
        <Menu
          size="s"
          look="plain"
          icon="down"
          side="start"
          label={words('kind')}
          items={items('kind', KINDS, kind, props)}
        >
          {kind(filter.kind)}
        </Menu>
        <Menu
          size="s"
          look="plain"
          icon="down"
          side="start"
          label={words('shape')}
          items={items('shape', SHAPES, shape, props)}
        >
          {shape(filter.shape)}
        </Menu>
        <Menu
          size="s"
          look="plain"
          icon="down"
          side="end"
          label={words('order')}
          items={items('order', ORDERS, order, props)}
        >
          {order(filter.order)}
        </Menu>
      </div>
    </div>
  );
}

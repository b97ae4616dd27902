// SPDX-License-Identifier: Apache-2.0
// Where a password is chosen: what the server asks of one, and what password managers look for.
import { TextField } from '../ui/field';
import { sessionWords as words } from '../words/session';

const LENGTH_MIN = 10;

export function NewPassword({
  value,
  onValue,
  label = words('newPassword'),
  autofocus = false,
}: {
  value: string;
  onValue: (value: string) => void;
  label?: string;
  autofocus?: boolean;
}) {
  return (
    <TextField
      label={label}
      hint={words('passwordHint')}
      value={value}
      onValue={onValue}
      type="password"
      autocomplete="new-password"
      minLength={LENGTH_MIN}
      required
      autofocus={autofocus}
    />
  );
}

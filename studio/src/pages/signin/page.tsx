// SPDX-License-Identifier: Apache-2.0
import { useEffect } from 'preact/hooks';
import { useTitle } from '../../lib/title';
import { go, place } from '../../router/router';
import { isIn } from '../../session/session';
import { SignIn } from '../../session/sign_in';
import { shellWords } from '../../words/shell';

export default function SignInPage() {
  useTitle(shellWords('signIn'));
  const next = place.value.query.get('next') ?? '/';
  useEffect(() => {
    // Only to pages of this server: "//elsewhere" would be another one.
    if (isIn.value) go(/^\/(?![/\\])/.test(next) ? next : '/', { replace: true });
  }, [isIn.value]);
  return <SignIn />;
}

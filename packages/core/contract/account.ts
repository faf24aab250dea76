/** Accounts: signing up, signing in, passwords; and what administrators see of accounts. */
import { z } from 'zod';
import { Me } from './person.ts';
import { Id, label, text, Zone } from './primitives.ts';

export const passwordCharactersMin = 8;
export const passwordCharactersMax = 128;
const emailCharactersMax = 254;
const linkCharactersMax = 200;

const EmailAddress = z.email('must be an e-mail address').max(emailCharactersMax).toLowerCase();
/** A password to be: long enough. Nothing else is asked of it. */
const NewPassword = text(passwordCharactersMax).min(
  passwordCharactersMin,
  `must have at least ${passwordCharactersMin} characters`,
);
/** A password that is compared: whatever someone types. */
const TypedPassword = text(passwordCharactersMax).min(1, 'must not be empty');
/** The secret part of a link. */
export const LinkToken = text(linkCharactersMax).min(1, 'must not be empty');

export const SignUp = z
  .strictObject({
    email: EmailAddress,
    password: NewPassword,
    name: label(100),
    timezone: Zone.optional(),
    /** The token of an invitation: lets a person in where sign-up is closed. Accept it afterwards. */
    invitation: LinkToken.optional(),
  })
  .meta({ id: 'SignUp' });

export const SignIn = z.strictObject({ email: EmailAddress, password: TypedPassword }).meta({ id: 'SignIn' });

/** `token` is the session's, for programs that send it as a bearer; browsers get the same as a cookie. */
export const SignedIn = z.object({ user: Me, token: z.string() }).meta({ id: 'SignedIn' });

export const PasswordChange = z
  .strictObject({
    current_password: TypedPassword,
    new_password: NewPassword,
    /** Ends all other sessions of the account. */
    revoke_other_sessions: z.boolean().default(false),
  })
  .meta({ id: 'PasswordChange' });

export const PasswordResetRequest = z.strictObject({ email: EmailAddress }).meta({ id: 'PasswordResetRequest' });

/** `token` is the one of the link `/reset-password?token=…`. All sessions of the account end. */
export const PasswordReset = z
  .strictObject({ token: LinkToken, new_password: NewPassword })
  .meta({ id: 'PasswordReset' });

/** What anyone may know about the installation. `open` also while there is no account yet: the first can always be made. */
export const PublicConfig = z
  .object({ sign_up: z.enum(['open', 'closed']), version: z.string() })
  .meta({ id: 'PublicConfig' });

export const AdminUser = z
  .object({
    id: Id,
    email: z.string(),
    name: z.string(),
    is_administrator: z.boolean(),
    disabled: z.boolean(),
    created_at: z.string(),
  })
  .meta({ id: 'AdminUser' });

export const AdminUserChange = z
  .strictObject({ disabled: z.boolean(), administrator: z.boolean() })
  .partial()
  .refine((change) => Object.keys(change).length > 0, 'name at least one field to change')
  .meta({ id: 'AdminUserChange' });

export type SignUp = z.infer<typeof SignUp>;
export type SignIn = z.infer<typeof SignIn>;
export type SignedIn = z.infer<typeof SignedIn>;
export type PasswordChange = z.infer<typeof PasswordChange>;
export type PasswordReset = z.infer<typeof PasswordReset>;
export type PublicConfig = z.infer<typeof PublicConfig>;
export type AdminUser = z.infer<typeof AdminUser>;
export type AdminUserChange = z.infer<typeof AdminUserChange>;

/** Spaces, their members and invitations. Every row belongs to exactly one space. */
import { z } from 'zod';
import { Id, Instant, label, Version } from './primitives.ts';

export const Role = z.enum(['owner', 'editor', 'viewer']);
export type Role = z.infer<typeof Role>;

export const Space = z
  .object({
    id: Id,
    version: Version,
    kind: z.enum(['personal', 'shared']),
    name: z.string(),
    /** The caller's own role. Absent in sync frames, which are the same for every member. */
    role: Role.optional(),
    inbox_id: Id,
    created_at: z.string(),
    updated_at: z.string(),
  })
  .meta({ id: 'Space' });

export const SpaceCreate = z.strictObject({ name: label(100) }).meta({ id: 'SpaceCreate' });
export const SpaceChange = z.strictObject({ name: label(100) }).meta({ id: 'SpaceChange' });

export const Member = z
  .object({ user_id: Id, space_id: Id, name: z.string(), email: z.string(), role: Role, joined_at: z.string() })
  .meta({ id: 'Member' });
export const MemberChange = z.strictObject({ role: Role }).meta({ id: 'MemberChange' });

export const invitationDaysMax = 90;
export const Invitation = z
  .object({
    id: Id,
    space_id: Id,
    role: Role,
    created_by: Id,
    created_at: z.string(),
    expires_at: z.string(),
    uses_max: z.int(),
    uses: z.int(),
    /** Only in the answer that creates it. */
    token: z.string().optional(),
    url: z.string().optional(),
  })
  .meta({ id: 'Invitation' });
export const InvitationCreate = z
  .strictObject({
    role: z.enum(['editor', 'viewer']).default('editor'),
    expires_at: Instant.optional(),
    uses_max: z.int().min(1).max(100).default(1),
    /** Where the link is sent by mail, besides being in the answer. */
    email: z.email('must be an e-mail address').max(254).toLowerCase().optional(),
  })
  .meta({ id: 'InvitationCreate' });

/** What a person who holds the link may see before accepting. */
export const InvitationOffer = z
  .object({ space_name: z.string(), role: Role, invited_by: z.string(), expires_at: z.string() })
  .meta({ id: 'InvitationOffer' });

export type Space = z.infer<typeof Space>;
export type Member = z.infer<typeof Member>;
export type Invitation = z.infer<typeof Invitation>;

/** Requests and replies of the REST routes for users: profiles, rights, guests and tickets. */
import Type, { type Static } from 'typebox'
import { nullable } from '../nullable.ts'

export const Profile = Type.Object({
  user: Type.String({ description: 'The name of the user.' }),
  name: Type.String({ description: 'The display name of the user, for people.' }),
  avatar: Type.Optional(Type.String({ description: 'The http or https URL of a picture.' })),
  about: Type.Optional(Type.String({ description: 'What the user has written about itself.' })),
  guest: Type.Boolean({ description: 'Whether the user is a guest, who has no sign-in.' }),
})
export type Profile = Static<typeof Profile>

export const Grant = Type.Object({
  channel: Type.String({ description: 'The channels, by a pattern in which `*` stands for any characters.' }),
  can: Type.Array(Type.String(), { description: 'Any of `read`, `write`, `signal`, `manage`.' }),
})

export const Rights = Type.Object({
  role: Type.String({ description: '`guest`, `user`, `service` or `admin`.' }),
  grants: Type.Array(Grant, {
    description: "The grants of the caller's token; on the channels that they match they replace the policy.",
  }),
})
export const Me = Type.Object({ ...Profile.properties, rights: Rights })
export type Me = Static<typeof Me>

const optionalText = (options: { maxLength: number; pattern?: string; description: string }) =>
  Type.Optional(nullable(Type.String({ minLength: 1, ...options })))

/** A JSON merge patch (RFC 7396) of the caller's own profile: `null` removes a member. */
export const ProfilePatch = Type.Object(
  {
    name: Type.Optional(
      Type.String({ minLength: 1, maxLength: 64, description: 'The display name of the user, for people.' }),
    ),
    avatar: optionalText({
      maxLength: 2000,
      pattern: '^https?://',
      description: 'The http or https URL of a picture.',
    }),
    about: optionalText({ maxLength: 2000, description: 'What the user has written about itself.' }),
  },
  { additionalProperties: false },
)
export type ProfilePatch = Static<typeof ProfilePatch>

/** What a service says of a user: all of the profile. */
const given = {
  name: Type.String({ minLength: 1, maxLength: 64, description: 'The display name of the user, for people.' }),
  avatar: ProfilePatch.properties.avatar,
  about: ProfilePatch.properties.about,
}
export const ProfilePut = Type.Object(given, { additionalProperties: false })
export type ProfilePut = Static<typeof ProfilePut>

export const ProfileOfUser = Type.Object(
  { user: Type.String({ description: 'The name of the user.' }), ...given },
  { additionalProperties: false },
)
export const ProfilesPut = Type.Object(
  { users: Type.Array(ProfileOfUser, { description: 'The profiles, one for each user.' }) },
  { additionalProperties: false },
)
export type ProfilesPut = Static<typeof ProfilesPut>

export const ProfileList = Type.Object({
  users: Type.Array(Profile, { description: 'The profiles that there are, in the order asked for.' }),
})
export type ProfileList = Static<typeof ProfileList>

/** Authenticates one request that can set no header; valid once, for 30 s. */
export const Ticket = Type.Object({
  ticket: Type.String({ description: 'The value of the `ticket` query parameter; valid once.' }),
  expiresAt: Type.String({ description: 'When it expires: ISO 8601, UTC.' }),
})
export type Ticket = Static<typeof Ticket>

export const GuestRequest = Type.Object({
  name: Type.Optional(
    Type.String({ minLength: 1, maxLength: 64, description: 'The display name of the guest, for people.' }),
  ),
})
export const Guest = Type.Object({
  user: Type.String({ description: 'The name of the user.' }),
  name: Type.String({ description: 'The display name of the guest, for people.' }),
  token: Type.String({ description: 'The bearer token of the guest.' }),
  expiresAt: Type.String({ description: 'When it expires: ISO 8601, UTC.' }),
})
export type Guest = Static<typeof Guest>

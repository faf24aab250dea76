/** What the mails say that are no notifications, in the language of whom they concern. */
import type { MailContent } from '../store/outgoing-mails.ts';

interface Texts {
  readonly reset: () => readonly [subject: string, text: string];
  readonly invitation: (by: string, space: string) => readonly [subject: string, text: string];
}

const english: Texts = {
  reset: () => [
    'Choose a new password',
    'Somebody asked for a new password for your account. Follow the link within 24 hours to choose one; it works once. If it was not you, do nothing: your password stays as it is.',
  ],
  invitation: (by, space) => [
    `${by} invites you to ${space}`,
    `${by} wants to share the space “${space}” with you. Follow the link to join. Whoever has the link can join, so keep it to yourself.`,
  ],
};

const texts: Readonly<Record<string, Texts>> = {
  en: english,
  de: {
    reset: () => [
      'Neues Passwort wählen',
      'Jemand hat ein neues Passwort für Ihr Konto angefordert. Folgen Sie dem Link innerhalb von 24 Stunden, um eines zu wählen; er gilt einmal. Wenn Sie das nicht waren, ist nichts zu tun: Ihr Passwort bleibt, wie es ist.',
    ],
    invitation: (by, space) => [
      `${by} lädt Sie in ${space} ein`,
      `${by} möchte den Bereich „${space}“ mit Ihnen teilen. Folgen Sie dem Link, um beizutreten. Wer den Link hat, kann beitreten: behalten Sie ihn für sich.`,
    ],
  },
  fr: {
    reset: () => [
      'Choisir un nouveau mot de passe',
      'Quelqu’un a demandé un nouveau mot de passe pour votre compte. Suivez le lien dans les 24 heures pour en choisir un ; il ne sert qu’une fois. Si ce n’était pas vous, ne faites rien : votre mot de passe reste le même.',
    ],
    invitation: (by, space) => [
      `${by} vous invite dans ${space}`,
      `${by} souhaite partager l’espace « ${space} » avec vous. Suivez le lien pour le rejoindre. Quiconque a le lien peut le rejoindre : gardez-le pour vous.`,
    ],
  },
  es: {
    reset: () => [
      'Elegir una contraseña nueva',
      'Alguien pidió una contraseña nueva para su cuenta. Siga el enlace antes de 24 horas para elegirla; sirve una vez. Si no fue usted, no haga nada: su contraseña sigue igual.',
    ],
    invitation: (by, space) => [
      `${by} le invita a ${space}`,
      `${by} quiere compartir el espacio «${space}» con usted. Siga el enlace para entrar. Quien tenga el enlace puede entrar: guárdelo para usted.`,
    ],
  },
};

const textsOf = (locale: string): Texts => texts[locale.split('-', 1)[0]?.toLowerCase() ?? ''] ?? english;

/** `url` is where a new password is chosen. */
export function resetMail(person: { name: string; locale: string }, url: string): MailContent {
  const [subject, text] = textsOf(person.locale).reset();
  return { name: person.name, subject, text, url };
}

/** In the language of whoever invites: the invited one's is not known. */
export function invitationMail(by: { name: string; locale: string }, space: string, url: string): MailContent {
  const [subject, text] = textsOf(by.locale).invitation(by.name, space);
  return { name: null, subject, text, url };
}

/** The demo's schema takes 1 to 8,000 characters; the field stops there rather than have the server refuse. */
export const maxTextLength = 8000

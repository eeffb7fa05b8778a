/** The demo configuration's schema allows 8,000 characters; the field stops there, before the server would refuse. */
export const maxTextLength = 8000

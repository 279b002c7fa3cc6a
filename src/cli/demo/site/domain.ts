/** The domain of the demo's site; RFC 6761 section 6.2 keeps .test out of the real DNS. */
export const DEMO_DOMAIN = 'demo.hotzone.test';

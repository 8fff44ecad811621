// Cases of x509-limbo that are decided otherwise than the suite says, each with the reason.
export const deviations = {
  'rfc5280::aki::cross-signed-root-missing-aki':
    'an anchor is trusted by configuration; another case of the suite accepts one without an authority key identifier',
  'rfc5280::nc::permitted-dns-match-noncritical':
    'contradicts webpki::nc::permitted-dns-match-noncritical, which is followed',
  'webpki::cn::punycode-not-in-san':
    'clients ignore the common name; other cases of the suite accept one that is not among the names',
  'webpki::cn::not-in-san':
    'clients ignore the common name; other cases of the suite accept one that is not among the names',
  'webpki::eku::ee-without-eku': 'contradicts rfc5280::eku::ee-without-eku, which is followed',
  'webpki::ca-as-leaf': 'contradicts rfc5280::ca-as-leaf, which is followed',
};

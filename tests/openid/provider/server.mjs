// A real OpenID provider for the tests: oidc-provider, with a page to sign in on, levels, and front-channel logout.
// node server.mjs '{"host": "127.0.0.1", "port": 1, "clients": […], "requirePushed": false}'

import { generateKeyPairSync, createHash } from 'node:crypto';
import { createServer } from 'node:http';
import { Provider } from 'oidc-provider';

const { host, port, clients, requirePushed } = JSON.parse(process.argv[2]);
const issuer = `http://${host}:${port}`;

function signingKey(kid) {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  return { ...privateKey.export({ format: 'jwk' }), kid, alg: 'RS256', use: 'sig' };
}

/** What the sign-in page was told about the roles of each person. */
const rolesOf = new Map();

const page = (body) => `<!doctype html><html lang="nb"><title>Tilbyder</title><body>${body}</body></html>`;

/** Like ID-porten: one frame for each client of the session, then the session ends. */
async function logoutSource(ctx, form) {
  const { session } = ctx.oidc;
  const frames = [];
  for (const clientId of Object.keys(session.authorizations ?? {})) {
    const client = await ctx.oidc.provider.Client.find(clientId);
    if (client?.frontchannel_logout_uri) {
      const query = new URLSearchParams({ iss: issuer, sid: session.sidFor(clientId) });
      frames.push(`<iframe title="${clientId}" src="${client.frontchannel_logout_uri}?${query}"></iframe>`);
    }
  }
  ctx.body = page(`${form}<button form="op.logoutForm" name="logout" value="yes">Logg ut</button>${frames.join('')}`);
}

const provider = new Provider(issuer, {
  clients,
  jwks: { keys: [signingKey('first')] },
  cookies: { keys: ['only for tests'] },
  acrValues: ['low', 'substantial', 'high'],
  subjectTypes: ['pairwise'],
  pairwiseIdentifier: (ctx, account, client) =>
    createHash('sha256').update(`${account}|${client.clientId}`).digest('base64url'),
  claims: { openid: ['sub', 'pid', 'email', 'name', 'roles'], acr: null, sid: null, auth_time: null, iss: null },
  conformIdTokenClaims: false,
  extraClientMetadata: { properties: ['frontchannel_logout_uri'] },
  findAccount: (ctx, id) => ({ accountId: id, claims: () => ({
    sub: id,
    pid: '00000000000',
    email: `${id.toLowerCase()}@example.org`,
    name: id,
    roles: rolesOf.get(id) ?? [],
  }) }),
  interactions: { url: (ctx, interaction) => `/interaction/${interaction.uid}` },
  loadExistingGrant: async (ctx) => {
    const grant = new ctx.oidc.provider.Grant({
      clientId: ctx.oidc.client.clientId,
      accountId: ctx.oidc.session.accountId,
    });
    grant.addOIDCScope('openid');
    await grant.save();
    return grant;
  },
  features: {
    devInteractions: { enabled: false },
    pushedAuthorizationRequests: { enabled: true, requirePushedAuthorizationRequests: requirePushed },
    rpInitiatedLogout: { enabled: true, logoutSource },
  },
});
provider.Client.prototype.includeSid = () => true;
provider.on('server_error', (ctx, error) => console.error(error));
provider.on('grant.error', (ctx, error) => console.error(error.error, error.error_detail));

const handle = provider.callback();
createServer(async (request, response) => {
  if (!request.url.startsWith('/interaction/')) return handle(request, response);
  const body = await new Promise((done) => {
    let text = '';
    request.on('data', (part) => { text += part; });
    request.on('end', () => done(new URLSearchParams(text)));
  });
  if (body.get('roles')) rolesOf.set(body.get('login'), body.get('roles').split(' '));
  const result = body.has('abort')
    ? { error: 'access_denied', error_description: 'The person turned back' }
    : { login: { accountId: body.get('login'), acr: body.get('level'), remember: true } };
  if (request.method === 'POST') return provider.interactionFinished(request, response, result);
  response.setHeader('Content-Type', 'text/html; charset=utf-8');
  return response.end(page(`<form method="post"><label>Navn <input name="login"></label>
    <label>Roller <input name="roles"></label>
    <label>Nivå <input name="level" value="substantial"></label>
    <button>Logg inn</button><button name="abort" value="1">Avbryt</button></form>`));
}).listen(port, '127.0.0.1', () => console.log('ready'));

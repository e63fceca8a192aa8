// A small site of an agency behind Apache and mod_auth_openidc: foreign code in front of foreign
// pages. Its configuration and its process are the test's own.
import { execFileSync, spawn } from 'node:child_process'
import { chmodSync, chownSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const modules = '/usr/lib/apache2/modules'
export const no_apache = existsSync('/usr/sbin/apache2') && existsSync(`${modules}/mod_auth_openidc.so`)
  ? false : 'apache2 with libapache2-mod-auth-openidc is not installed'

const as_root = process.getuid() === 0

function configuration(site, provider) {
  const load = name => `LoadModule ${name}_module ${modules}/mod_${name}.so`
  return `ServerRoot ${site.home}
ServerName 127.0.0.1
Listen 127.0.0.1:${site.port}
PidFile ${site.home}/pid
ErrorLog ${site.home}/error.log
LogLevel warn auth_openidc:info
${['mpm_event', 'authn_core', 'authz_core', 'authz_user', 'dir', 'mime', 'include', 'auth_openidc'].map(load).join('\n')}
${as_root ? 'User www-data\nGroup www-data' : ''}
DocumentRoot ${site.home}/pages
TypesConfig /etc/mime.types
OIDCProviderMetadataURL ${provider}/.well-known/openid-configuration
OIDCClientID agency-site
OIDCClientSecret ${site.secret}
OIDCRedirectURI ${site.url}/protected/callback
OIDCCryptoPassphrase ${site.secret}
OIDCScope "openid profile birthdate"
OIDCPKCEMethod S256
OIDCProviderTokenEndpointAuth client_secret_basic
OIDCIDTokenSignedResponseAlg ES256
OIDCRemoteUserClaim sub
OIDCSessionInactivityTimeout 300
OIDCDefaultLoggedOutURL ${site.url}/
<Directory ${site.home}/pages>
  Options +Includes
  AddType text/html .shtml
  AddOutputFilter INCLUDES .shtml
  DirectoryIndex index.shtml
  Require all granted
</Directory>
<Location /protected>
  AuthType openid-connect
  Require valid-user
</Location>
`
}

export class AgencySite {
  constructor(port) {
    this.port = port
    this.url = `http://127.0.0.1:${port}`
    this.secret = 'agency-site-secret-of-the-test-0123456789'
  }
  async open(provider) {
    this.home = mkdtempSync(join(tmpdir(), 'madang-site-'))
    chmodSync(this.home, 0o755)
    mkdirSync(join(this.home, 'pages', 'protected'), { recursive: true })
    writeFileSync(join(this.home, 'pages', 'index.shtml'), '<!doctype html><title>Agency</title><h1>Open to all</h1>')
    writeFileSync(join(this.home, 'pages', 'protected', 'index.shtml'),
      '<!doctype html><meta charset="utf-8"><title>Agency</title><h1>For those signed in</h1><p id="name"><!--#echo var="OIDC_CLAIM_name" --></p>' +
      '<p id="born"><!--#echo var="OIDC_CLAIM_birthdate" --></p><p id="user"><!--#echo var="REMOTE_USER" --></p>')
    writeFileSync(join(this.home, 'apache.conf'), configuration(this, provider))
    if (as_root) {
      const [, , user, group] = readFileSync('/etc/passwd', 'utf8').split('\n').find(l => l.startsWith('www-data:')).split(':')
      chownSync(this.home, Number(user), Number(group))
    }
    execFileSync('/usr/sbin/apache2', ['-t', '-f', join(this.home, 'apache.conf')], { stdio: ['ignore', 'pipe', 'pipe'] })
    this.process = spawn('/usr/sbin/apache2', ['-D', 'FOREGROUND', '-f', join(this.home, 'apache.conf')], { stdio: 'ignore' })
    for (let i = 0; i < 100; i++) {
      if (await fetch(this.url).then(r => r.ok, () => false)) return this
      await new Promise(r => setTimeout(r, 100))
    }
    throw new Error(`the site does not answer: ${this.log()}`)
  }
  log() {
    const path = join(this.home, 'error.log')
    return existsSync(path) ? readFileSync(path, 'utf8').slice(-3000) : ''
  }
  async close() {
    const gone = new Promise(resolve => this.process.once('exit', resolve))
    this.process.kill('SIGTERM')
    await gone
    rmSync(this.home, { recursive: true, force: true })
  }
}

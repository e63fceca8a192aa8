// The server's side of SMTP (RFC 5321) for journeys: keeps what the house hands in.
import { createServer } from 'node:net'

export class Mailbox {
  messages = []

  static async open() {
    const box = new Mailbox()
    box.server = createServer(socket => box.serve(socket))
    await new Promise(done => box.server.listen(0, '127.0.0.1', done))
    box.server.unref()
    box.url = `smtp://127.0.0.1:${box.server.address().port}`
    return box
  }

  serve(socket) {
    let rest = '', to = '', data = null
    socket.write('220 mailbox\r\n')
    socket.on('error', () => {})
    socket.on('data', some => {
      rest += some
      for (let end; (end = rest.indexOf('\r\n')) >= 0;) {
        const line = rest.slice(0, end)
        rest = rest.slice(end + 2)
        if (data !== null && line !== '.') { data += `${line}\n`; continue }
        if (data !== null) { this.messages.push({ to, ...parts(data) }); data = null }
        else if (/^RCPT/i.test(line)) to = line.match(/<(.*)>/)[1]
        else if (/^DATA/i.test(line)) { data = ''; socket.write('354 go on\r\n'); continue }
        socket.write('250 ok\r\n')
      }
    })
  }

  close() { this.server.close() }
}

function parts(message) {
  const [head, ...body] = message.split('\n\n')
  const subject = head.replace(/\n /g, '').match(/Subject: (.*)/)[1]
    .replace(/=\?UTF-8\?B\?(.*?)\?=/g, (_, packed) => Buffer.from(packed, 'base64').toString())
  return { subject, text: Buffer.from(body.join('').replace(/\n/g, ''), 'base64').toString() }
}

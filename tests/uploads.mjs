// Forms with a file as a browser sends them, and the boxes of an MP4 (ISO/IEC 14496-12 section 4.2).
export function upload(who, at, fields, name, octets) {
  return upload_all(who, at, fields, { [name]: octets })
}
export function upload_all(who, at, fields, files) {
  const mark = 'x-madang-x', parts = []
  for (const [key, value] of Object.entries({ ...fields, _csrf: who.csrf })) parts.push(Buffer.from(`--${mark}\r\nContent-Disposition: form-data; name="${key}"\r\n\r\n${value}\r\n`))
  for (const [name, octets] of Object.entries(files))
    parts.push(Buffer.from(`--${mark}\r\nContent-Disposition: form-data; name="${name}"; filename="a"\r\nContent-Type: application/octet-stream\r\n\r\n`), octets, Buffer.from('\r\n'))
  parts.push(Buffer.from(`--${mark}--\r\n`))
  return who.send('POST', at, { headers: { accept: 'application/json', 'content-type': `multipart/form-data; boundary=${mark}`, 'sec-fetch-site': 'same-origin', origin: who.house.url }, body: Buffer.concat(parts) })
}

export function box(name, body) {
  const size = Buffer.alloc(4)
  size.writeUInt32BE(8 + body.length)
  return Buffer.concat([size, Buffer.from(name), body])
}

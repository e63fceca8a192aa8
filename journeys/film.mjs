// A film of some seconds as a browser makes one: a WebM of Chromium's own recorder, drawn, without a camera.
export async function film(page, words, seconds = 3) {
  const octets = await page.evaluate(async ({ words, seconds }) => {
    const canvas = Object.assign(document.createElement('canvas'), { width: 640, height: 360 })
    const pen = canvas.getContext('2d')
    const draw = at => {
      pen.fillStyle = '#12385f'
      pen.fillRect(0, 0, 640, 360)
      pen.fillStyle = '#fff'
      pen.font = '32px sans-serif'
      pen.textAlign = 'center'
      pen.fillText(words, 320, 170)
      pen.fillRect(40, 320, 560 * at / seconds, 8)
    }
    draw(0)
    const recorder = new MediaRecorder(canvas.captureStream(10), { mimeType: 'video/webm;codecs=vp8' }), parts = []
    recorder.ondataavailable = e => parts.push(e.data)
    const ended = new Promise(r => { recorder.onstop = r })
    recorder.start()
    for (let i = 0; i < seconds * 10; i++) {
      await new Promise(r => setTimeout(r, 100))
      draw(i / 10)
    }
    recorder.stop()
    await ended
    return Array.from(new Uint8Array(await new Blob(parts).arrayBuffer()))
  }, { words, seconds })
  return { name: 'answer.webm', mimeType: 'video/webm', buffer: Buffer.from(octets) }
}

export const captions = (name, text) => ({ name, mimeType: 'text/vtt', buffer: Buffer.from(text) })

// Plays until the captions in `language` are on the screen, and tells them as they are read there.
export async function captions_shown(page, language) {
  const video = page.locator('main video')
  await video.scrollIntoViewIfNeeded()
  return video.evaluate(async (v, language) => {
    v.muted = true
    await v.play()
    for (let i = 0; i < 100; i++) {
      const track = [...v.textTracks].find(t => t.language === language && t.mode === 'showing')
      if (track?.activeCues?.length) return track.activeCues[0].getCueAsHTML().textContent
      await new Promise(r => setTimeout(r, 50))
    }
    return `none: ${[...v.textTracks].map(t => `${t.language} ${t.mode} ${t.cues?.length}`)}; ${v.error?.message}`
  }, language)
}

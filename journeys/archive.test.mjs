// What must last: a file is put in by parts, its proof is checked in the browser, somebody is let in, and it is erased with a proof
// of that; without script a form does it; axe on each page, phone and desktop.
import { test, before, after } from 'node:test'
import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { House, Person, close_browser, desktop, phone, wait_for } from './house.mjs'

let house
before(async () => { house = await House.open() })
after(async () => { await close_browser(); await house?.close() })

for (const [language, viewport] of [['ko', phone], ['en', desktop]])
  test(`a document is kept, proved, shown and erased, in ${language}`, async () => {
    const kim = await Person.arrive(house, { language, viewport })
    await kim.sign_in(language === 'ko' ? '김하윤' : 'Kim Hayun')
    await kim.go('/my/vault')
    await kim.judge(`archive-empty-${language}`)
    const file = join(house.data, `deed-${language}.bin`)
    writeFileSync(file, Buffer.alloc(9_500_000, language))
    await kim.page.locator('input[name=folder]').fill(language === 'ko' ? '집' : 'House')
    await kim.page.locator('input[type=file]').setInputFiles(file)
    await kim.page.locator('madang-vault form button').last().click()
    await kim.page.waitForURL(/\/my\/vault\/\w{13}$/)
    await kim.sees(/deed-/)
    await kim.sees(language === 'ko' ? /2곳 \/ 2곳/ : /2 of 2/)
    await wait_for(async () => {
      await kim.page.reload()
      return await kim.page.locator('madang-proof').count() > 0
    })
    await kim.press(/이 브라우저에서 검증|Check in this browser/)
    await kim.page.locator('madang-proof[data-state="good"]').waitFor()
    await kim.judge(`archive-record-${language}`)
    await kim.press(/초대 링크|Make a link/)
    const link = (await kim.text()).match(/\/vault\/invitations\/\S+/)[0]
    await kim.judge(`archive-invitation-${language}`)

    const han = await Person.arrive(house, { language, viewport: desktop })
    await han.sign_in(language === 'ko' ? '한예린' : 'Han Yerin')
    await han.go(link)
    await han.judge(`archive-invited-${language}`)
    await han.press(/받아들이기|Accept/)
    await han.sees(/deed-/)
    await han.go('/my/vault')
    await han.judge(`archive-shared-${language}`)
    await han.leave()

    await kim.go('/my/vault')
    await kim.judge(`archive-folders-${language}`)
    await kim.follow(/deed-/)
    await kim.sees(language === 'ko' ? /한예린/ : /한예린|Han Yerin/)
    await kim.page.locator('main details summary').last().click()
    await kim.press(/^지우기$|^Erase$/)
    await wait_for(async () => {
      await kim.page.reload()
      return await kim.page.locator('madang-proof').count() > 0
    })
    await kim.press(/이 브라우저에서 검증|Check in this browser/)
    await kim.page.locator('madang-proof[data-state="good"]').waitFor()
    await kim.judge(`archive-erased-${language}`)
    await kim.leave()
  })

test('without script a form puts a small file in', async () => {
  const kim = await Person.arrive(house, { language: 'en', script: false })
  await kim.sign_in('Kim Hayun')
  await kim.go('/my/vault')
  await kim.page.locator('input[type=file]').setInputFiles({ name: 'signature.png', mimeType: 'image/png', buffer: Buffer.from('picture') })
  await kim.press(/Put it in/)
  await kim.sees(/signature\.png/)
  await kim.context.close()
})

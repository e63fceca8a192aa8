// A pack that stands on Korea's, with thresholds that the 23 people of the demonstration reach.
import assert from 'node:assert/strict'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from '../journeys/program.mjs'

const numbers = {
  'national-petition': [['count: 100}', 'count: 3}'], ['count: 200000}', 'count: 5}']],
  'innovation-proposal': [['like, count: 60}', 'like, count: 4}'], ['comment, count: 10}', 'comment, count: 2}']]
}

export function small_pack(folder) {
  mkdirSync(join(folder, 'voices'), { recursive: true })
  const korea = join(root, 'packs/korea')
  writeFileSync(join(folder, 'pack.yaml'), readFileSync(join(korea, 'pack.yaml'), 'utf8').replace('stands_on: ../common', `stands_on: ${korea}`))
  for (const [file, changes] of Object.entries(numbers)) {
    let text = readFileSync(join(korea, 'voices', `${file}.yaml`), 'utf8')
    for (const [from, to] of changes) {
      assert.ok(text.includes(from), `${file}: ${from}`)
      text = text.replace(from, to)
    }
    writeFileSync(join(folder, 'voices', `${file}.yaml`), text)
  }
  // Nobody has spoken yet.
  mkdirSync(join(folder, 'voices/demonstration'))
  for (const file of [...Object.keys(numbers), 'vote']) writeFileSync(join(folder, 'voices/demonstration', `${file}.yaml`), '[]\n')
  return folder
}

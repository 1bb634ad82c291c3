// What the crash matrix of whole installations is made of: every worker makes the same lists, and scenarios are told by number.
import { corpusScenarios, demoScenarios, vectorScenarioRuns, type CrashScenario } from './package-scenarios.ts'
import { scriptScenarios } from './script-scenarios.ts'
import { otherWays } from './ways-scenarios.ts'
import { wixScenarios } from './wix-scenarios.ts'

export const suites = {
  packages: async (): Promise<CrashScenario[]> => [...corpusScenarios(), ...demoScenarios(), ...wixScenarios(), ...scriptScenarios()],
  scenarios: async (): Promise<CrashScenario[]> => [...otherWays(), ...await vectorScenarioRuns()],
}

export type SuiteName = keyof typeof suites

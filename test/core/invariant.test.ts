import t from 'tap';
import { invariant, SimulatorFault, unreachable } from '../../runtime/core/index.ts';

t.test('a broken assumption is a SimulatorFault with its message', async (t) => {
  t.doesNotThrow(() => invariant(true, 'fine'));
  t.throws(() => invariant(false, 'queue is empty'), new SimulatorFault('queue is empty'));
  t.throws(() => unreachable('x' as never), /unreachable: x/);
});

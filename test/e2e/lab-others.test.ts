/** The second half of the shipped scenarios; the others are in lab.test.ts. */
import { testPromises } from './lab-promises.ts';

testPromises('second');

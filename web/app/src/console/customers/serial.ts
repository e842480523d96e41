/** How much of a serial is shown: enough to tell it from others in a log. */
const SHOWN = 6;

/** The end of a serial, where serials made one after the other differ. */
export const shortSerial = (serial: string) => (serial.length > SHOWN ? `…${serial.slice(-SHOWN)}` : serial);

/** What traces call those through whom work goes on and who tell of no spans themselves: places on the map of services. */

export const logPeer = 'daymark-log';
export const carrierPeer = 'daymark-carrier';

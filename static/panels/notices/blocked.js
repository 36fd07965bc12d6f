// What is said where a network lets no WebSockets through, and what its administrator can do.

import {socketAddress} from "../../page/site.js";

export const blocked = () => `This network blocks WebSockets, over which the runs reach this page. Ask its administrator to let WebSocket
  connections (HTTP Upgrade) through to ${socketAddress()}. Trying again.`;

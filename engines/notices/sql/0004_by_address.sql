create index channel_address on channel (address, way);

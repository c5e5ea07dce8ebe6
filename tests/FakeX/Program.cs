// A server that behaves as X's and Jetstream's do, and as badly as it is told to.
return 0;

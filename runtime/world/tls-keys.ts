/**
 * The keys of the servers of .test and of their certificate authority. They are published here and protect nothing: fixed,
 * so that the authority's certificate is the same everywhere and nobody waits for a key to be found.
 */

/** Secrets on the curve P-256: of the authority, of one that nobody trusts, of the servers. */
export const AUTHORITY_KEY = 'ab115ef12b0988df0137ba992fa51f1b77a6efebd5e5f71324e8ff1bafc349aa';
export const STRANGER_KEY = '0ad3d259a6f821bcf9b0eaa5d75a2fe718362d472f1ed88f30252a8619dc2a46';
export const SERVER_KEY = '46f7880959d280f61ca6e497b9a4038c9449bb7651c3bfb09474d46a980b012d';

/** An RSA key of 2048 bits (PKCS #1 in base64), for the server that has one. */
export const SERVER_RSA_KEY =
  'MIIEpAIBAAKCAQEAuNX0exAucsN0Sb7EIKFk4e1LftiieI12rWcN9llh8vCiihvT4+3iwjQeoQ/Bh5++oBzDMhq5ER5c6X97Rgkjt3u9zMcQW4' +
  'RoWoCT9FZKh1s9JlmGVzAr8FDvBslZNMQT/fuCVlvXR+OfsLoNbp7SF450IybMbuSbf+Ze9433XgEHLqDmkws5o66MnnlM7bIILVsDJTD0NoVx' +
  'MwoUEexgPzur8WEx0pCnweQe/5qLs/+NNC55hztr5RKMBi6U00h0wXcTJrogY1n6C4WPKcDFhX1BWygW1sUTo+uA1r6p6TfLnmjX3/NI+FBkVS' +
  '7y32DTH4dAHSF19kuozh+9zCKmhQIDAQABAoIBABQ3gLtyKGZwlvhW94xLIuXsRtDrwI+Xh4bNahNLMQG5zMl25Dz+wMn1mfELcGNVd2v7YWVK' +
  'U3o6HDcE9NaS+tdfn0G190XPTHuzqxszUgkOk3htm9pPAEtTiuVu4gU5uicSWq338yrfjJCvtPbnw7qEYBMVNBCgDBsX90S0AD3FhuW6qO0qgY' +
  '3tjx8qofidcZA87qZVIZ61U1MMi7+0BLPDFVcrnwaeb2pMdKtxPMb9b97Pwnva30Wn6f2iSE8lMnrWPXwd2MwQx3lfVc0SrfpZVoOZNhPX87JT' +
  'nfpPHhvqSiUSizLQahXQUfaDGYQ782AS0Izek8YoJ6P9iqVQc7kCgYEA4aP5hctqZadsw8q6zgE4wg8rp+jWGx9lOLLjptbkyIK8Aq8h+eBSAE' +
  'IqxOt5GfJfsvShv10DgLC4PypybpMK6IxbaTen4voP3CsciMAFHsOuWXF9Ue+uboXBkDfRCKNIjpVV+ApSS70t4qEtruGDU2nTQC1PnT7bx/G6' +
  'fLw0nR0CgYEA0bR9VpcGc1kmxlP9T2PGs8uLkAKbFGE0oSmBh2iEvldN9DGLJXlbhKTBDt7ge8G95GZUVa6je148y8fgr5aIJdNsz2kwZxLcee' +
  'vqqobSbPIQKJUZduBtStWQ3Os1OD1t9H+NzouneYWnRyF9bgy5GC1Dez0JIlbs0ZjrDFZKOokCgYEAjlMZvvTx5bDXgCBN+Eb5AB8FkGHjOzRw' +
  'anUb906w/HDKGn9RVQXTc2pJA/DrcBxblMuNguEupmvRq7Yge/Kv/MMbnaCHeznz6xIea3uDP0Z6oNxfCeG/CuO/ljI+3c3wpE857LzF8BQh70' +
  'NvR1HjvieQInjyMONHSjUFRkyIe1kCgYBhiHG3ITzlzzQikBPDpeNX4jaB/0RDgUZqIpTU9r6ujIp8JcLS5hOzqLEGCpEb3itEnHdi9nuguF7M' +
  'ZKVS5U9jUGdOPF0/w1z588jMETKzaw4q4dXbHVyXrqbWqSqygpeuXNkGlJuLAKehhKkC0zYPUZYOLoAeEZHJljbUIRobCQKBgQCBBRrbzCPkFt' +
  'IqazHR/V7SOKgq0xdfEWTFB7ZLkb9ZMgJS1wjpoUiJiQXAf4jGJaHZtJ20bW4FoLyw42Rzg2GYE3MUIgzHRGZW1QCdoUZU8K0rAtqk0FgWOOAz' +
  'aBEU6RqEJL7/zaiYjDPDBaoAntDThJ53GWQ2MZrjHhWUEaDT7g==';

using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace TweetStreams.Processor.Web;

/// <summary>The certificate that a processor shows, and the authorities that it trusts when it asks other instances.</summary>
/// <param name="Certificate">Its own.</param>
/// <param name="Chain">What stands behind it in its file: the authorities between it and one that others know.</param>
/// <param name="Authorities">Whom other instances' certificates are trusted by, besides the machine's own authorities.</param>
internal sealed record TlsFiles(X509Certificate2 Certificate, X509Certificate2Collection Chain, X509Certificate2Collection Authorities)
{
    /// <exception cref="SettingException">A file cannot be read, or is no certificate, or its key does not fit.</exception>
    public static TlsFiles Read(string certificate, string? key, string? authorities)
    {
        try
        {
            using X509Certificate2 read = X509Certificate2.CreateFromPemFile(certificate, key ?? certificate);
            var chain = new X509Certificate2Collection();
            chain.ImportFromPemFile(certificate);
            var trusted = new X509Certificate2Collection();
            if (authorities is not null) trusted.ImportFromPemFile(authorities);
            // With a key that lasts: one of a PEM file is gone when the first connection has used it, on Windows.
            return new TlsFiles(X509CertificateLoader.LoadPkcs12(read.Export(X509ContentType.Pkcs12), null), chain, trusted);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or CryptographicException or ArgumentException)
        {
            throw new SettingException($"--tls-certificate {certificate}: {e.Message}; give a certificate and its key as PEM files", e);
        }
    }

    /// <summary>Whether another instance's certificate is to be trusted: by the machine's authorities, or by those of the file.</summary>
    /// <param name="shown">Its certificate.</param>
    /// <param name="sent">What it sent along.</param>
    public bool Trusts(X509Certificate? shown, X509Chain? sent)
    {
        if (shown is null || Authorities.Count == 0) return false;
        using var chain = new X509Chain();
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        if (sent is not null) chain.ChainPolicy.ExtraStore.AddRange(sent.ChainPolicy.ExtraStore);
        chain.ChainPolicy.CustomTrustStore.AddRange(Authorities);
        using var certificate = new X509Certificate2(shown);
        return chain.Build(certificate);
    }
}

using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Diecast.Formats.Trees;
using Diecast.Repart.Definitions;

namespace Diecast.Repart.Sources;

/// <summary>A root hash that somebody told.</summary>
/// <param name="Hash">The hash.</param>
/// <param name="Origin">Who: a file, an attribute, partitions.</param>
internal sealed record ToldHash(byte[] Hash, string Origin);

/// <summary>
/// What lies beside an image about its root hashes, and who is trusted to sign them (systemd, verity_settings_load() and
/// validate_signature_userspace() of dissect-image.c).
/// </summary>
/// <param name="image">The image's path.</param>
/// <param name="trust">The root below which certificates are looked for.</param>
/// <param name="environment">The variables.</param>
internal sealed class RootHashes(string image, FileRoot trust, Func<string, string?> environment)
{
    /// <summary>Of a root hash its halves are UUIDs.</summary>
    private const int LeastHash = 16;

    private const int MostHash = 64;

    /// <summary>As far as systemd reads one.</summary>
    private const int MostSignature = 4 << 20;

    private const string Certificates = "verity.d";

    private static readonly string[] Directories = ["/etc", "/run", "/usr/local/lib", "/usr/lib"];
    private static readonly HostDirectoryOptions WithXattrs = new() { Xattrs = HostXattrs.All };

    private string? _real;

    /// <summary>Where links to the image lead: what is beside it is beside that.</summary>
    private string Real => _real ??= new FileInfo(image).ResolveLinkTarget(returnFinalTarget: true)?.FullName ?? image;

    private bool IsBeside => IsOn("SYSTEMD_DISSECT_VERITY_SIDECAR") && !Real.StartsWith("/dev/", StringComparison.Ordinal);

    /// <summary>Whether a variable of systemd's does not forbid something.</summary>
    internal bool IsOn(string name) => environment(name) is not { Length: > 0 } text || SystemdValues.ParseBoolean(text) != false;

    /// <summary>The root hash that an attribute of the image or a file beside it tells; null where neither is there.</summary>
    /// <param name="role"><c>root</c> or <c>usr</c>.</param>
    /// <exception cref="BuildException">What is there is no root hash.</exception>
    internal ToldHash? Told(string role)
    {
        if (!IsBeside)
            return null;
        string attribute = $"user.verity.{role}hash";
        if (Attribute(attribute) is { } value)
            return new ToldHash(Parse(value, $"{attribute} of {image}"), $"the attribute {attribute}");
        string file = Beside($".{role}hash");
        return File.Exists(file) ? new ToldHash(Parse(File.ReadLines(file).FirstOrDefault() ?? "", file), file) : null;
    }

    /// <summary>The signature that lies beside the image, and where; null where there is none.</summary>
    /// <exception cref="BuildException">It is empty, or too large to be one.</exception>
    internal (byte[] Pkcs7, string Origin)? ToldSignature(string role)
    {
        string file = Beside($".{role}hash.p7s");
        if (!IsBeside || !File.Exists(file))
            return null;
        long length = new FileInfo(file).Length;
        return length is > 0 and <= MostSignature
            ? (File.ReadAllBytes(file), file)
            : throw new BuildException($"{file} has {length} bytes; a signature has some, and no more than {MostSignature}");
    }

    /// <summary>The certificates of /etc/verity.d and its like by their names; of equal names the first directory's counts.</summary>
    internal IEnumerable<(string Path, X509Certificate2 Certificate)> Trusted()
    {
        if (!IsOn("SYSTEMD_ALLOW_USERSPACE_VERITY"))
            yield break;
        IReadOnlyList<DefinitionDirectory> directories = [.. Directories.Select(parent => $"{parent}/{Certificates}").Select(path => new DefinitionDirectory(trust, path, path))];
        foreach (DefinitionFile file in DefinitionFiles.List(directories, ".crt"))
        {
            X509Certificate2? certificate = null;
            try
            {
                certificate = X509Certificate2.CreateFromPem(Encoding.UTF8.GetString(file.Read()));
            }
            catch (CryptographicException)
            {
                // What is no certificate vouches for nothing, and hinders nothing.
            }

            if (certificate is null)
                continue;
            using (certificate)
                yield return (file.Path, certificate);
        }
    }

    private static byte[] Parse(string text, string origin)
    {
        string digits = text.Trim();
        return digits.Length is >= LeastHash * 2 and <= MostHash * 2 && digits.Length % 2 == 0 && digits.All(char.IsAsciiHexDigit)
            ? Convert.FromHexString(digits)
            : throw new BuildException($"{origin} holds no root hash: hexadecimal digits are expected, 64 with SHA-256", "veritysetup format prints it as 'Root hash'");
    }

    /// <summary>The path of something beside the image: its name without <c>.raw</c>, and a suffix.</summary>
    private string Beside(string suffix) => (Real.EndsWith(".raw", StringComparison.Ordinal) ? Real[..^4] : Real) + suffix;

    private string? Attribute(string name)
    {
        foreach (Xattr xattr in HostDirectoryReader.ReadEntry(Real, WithXattrs).Xattrs)
        {
            if (xattr.Name.ToString() == name)
                return Encoding.UTF8.GetString(xattr.Value.Span);
        }

        return null;
    }
}

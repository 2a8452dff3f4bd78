using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text;

namespace Diecast.Bases;

/// <summary>What an archive offers at a moment: the digest and the date of its release file.</summary>
/// <param name="Source">The source.</param>
/// <param name="Digest">SHA-256 of the release file, in hexadecimal digits.</param>
/// <param name="Date">The file's own date, in seconds since 1970.</param>
internal sealed record ArchiveState(AptSource Source, string Digest, long Date)
{
    private const int MaximumSize = 64 * 1024 * 1024;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    /// <summary>Asks for the states of all sources at once; optional ones that are not there are left out.</summary>
    /// <exception cref="BuildException">One cannot be had.</exception>
    internal static IReadOnlyList<ArchiveState> Fetch(IReadOnlyList<AptSource> sources, CancellationToken cancellation) =>
        FetchAllAsync(sources, cancellation).GetAwaiter().GetResult();

    private static async Task<IReadOnlyList<ArchiveState>> FetchAllAsync(IReadOnlyList<AptSource> sources, CancellationToken cancellation)
    {
        using var client = new HttpClient { Timeout = Patience, MaxResponseContentBufferSize = MaximumSize };
        client.DefaultRequestHeaders.UserAgent.ParseAdd("diecast");
        // A proxy or a cache on the way must ask the archive again, as apt makes it do.
        client.DefaultRequestHeaders.CacheControl = new System.Net.Http.Headers.CacheControlHeaderValue { MaxAge = TimeSpan.Zero };
        ArchiveState?[] states = await Task.WhenAll(sources.Select(source => FetchAsync(client, source, cancellation))).ConfigureAwait(false);
        return [.. states.OfType<ArchiveState>()];
    }

    private static async Task<ArchiveState?> FetchAsync(HttpClient client, AptSource source, CancellationToken cancellation)
    {
        try
        {
            foreach (string address in source.StateFiles)
            {
                byte[]? bytes = await ReadAsync(client, address, cancellation).ConfigureAwait(false);
                if (bytes is not null)
                    return Parse(source, address, bytes);
            }
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException or UriFormatException or TaskCanceledException)
        {
            cancellation.ThrowIfCancellationRequested();
            string reason = exception is TaskCanceledException
                ? string.Create(CultureInfo.InvariantCulture, $"no answer in {Patience.TotalSeconds} seconds")
                : exception.Message.TrimEnd('.');
            throw new BuildException(
                $"the archive {source.Uri} cannot be asked for its state of {source.Suite}: {reason}",
                "check the network and the mirror, or build offline from the cache", inner: exception);
        }

        return source.Presence == AptPresence.Optional
            ? null
            : throw new BuildException(
                $"the archive {source.Uri} has no suite {source.Suite}: neither {source.StateFiles[0]} nor Release is there",
                "check the name of the suite and the mirror");
    }

    /// <summary>The bytes of a file of an archive, or null where it is not.</summary>
    private static async Task<byte[]?> ReadAsync(HttpClient client, string address, CancellationToken cancellation)
    {
        int colon = address.IndexOf(':', StringComparison.Ordinal);
        string scheme = colon < 0 ? "" : address[..colon];
        switch (scheme)
        {
            case "file" or "copy":
                string path = Uri.UnescapeDataString(address[(colon + 1)..]);
                path = "/" + path.TrimStart('/');
                return File.Exists(path) ? await File.ReadAllBytesAsync(path, cancellation).ConfigureAwait(false) : null;
            case "http" or "https":
                using (HttpResponseMessage response = await client.GetAsync(new Uri(address), cancellation).ConfigureAwait(false))
                {
                    if (response.StatusCode is HttpStatusCode.NotFound or HttpStatusCode.Gone)
                        return null;
                    response.EnsureSuccessStatusCode();
                    return await response.Content.ReadAsByteArrayAsync(cancellation).ConfigureAwait(false);
                }

            default:
                throw new BuildException($"the archive {address} is reached by '{scheme}', which is not supported", "use http, https, file or copy");
        }
    }

    private static ArchiveState Parse(AptSource source, string address, byte[] bytes)
    {
        string? date = Encoding.UTF8.GetString(bytes).Split('\n')
            .FirstOrDefault(line => line.StartsWith("Date:", StringComparison.Ordinal))?["Date:".Length..].Trim();
        if (date is null || !DateTimeOffset.TryParseExact(
            date.Replace("UTC", "GMT", StringComparison.Ordinal), "ddd, d MMM yyyy H:mm:ss 'GMT'", CultureInfo.InvariantCulture,
            DateTimeStyles.AssumeUniversal, out DateTimeOffset parsed))
        {
            throw new BuildException($"{address} has no valid Date: '{date}'", "check the mirror; a captive portal answers such things, too");
        }

        return new ArchiveState(source, Convert.ToHexStringLower(SHA256.HashData(bytes)), parsed.ToUnixTimeSeconds());
    }
}

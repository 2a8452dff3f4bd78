using System.Globalization;

namespace Diecast.Store;

/// <summary>Logs of programs that were run: the newest twenty are kept.</summary>
internal static class LogDirectory
{
    private const int Kept = 20;

    /// <summary>A path for a new log; logs that are too many are removed.</summary>
    /// <param name="name">What is run.</param>
    /// <param name="directory">Directory of the logs. Default: <c>$XDG_STATE_HOME/diecast/logs</c>.</param>
    internal static string NewLog(string name, string? directory = null)
    {
        string logs = Path.GetFullPath(directory ?? Path.Combine(UserDirectories.State, "logs"));
        try
        {
            Directory.CreateDirectory(logs);
            foreach (FileInfo old in new DirectoryInfo(logs).GetFiles("*.log").OrderByDescending(f => f.LastWriteTimeUtc).Skip(Kept - 1))
                old.Delete();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new BuildException($"logs cannot be kept in {logs}: {exception.Message}", "set XDG_STATE_HOME to a directory that can be written", inner: exception);
        }

        string time = DateTime.UtcNow.ToString("yyyyMMdd-HHmmss-fff", CultureInfo.InvariantCulture);
        return Path.Combine(logs, $"{name}-{time}-{Environment.ProcessId}.log");
    }
}

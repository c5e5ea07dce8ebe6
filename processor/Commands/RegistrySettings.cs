using TweetStreams.Registry;

namespace TweetStreams.Processor.Commands;

/// <summary>What is said of the schema registry on the command line, in the environment and in a file, and what it becomes.</summary>
/// <param name="Avro">Whether the format is Avro.</param>
/// <param name="Urls">The registry's addresses.</param>
/// <param name="Naming">The naming of subjects.</param>
/// <param name="CredentialsFile">A file with user:password or a token.</param>
/// <param name="CaFile">A file of certificates.</param>
internal sealed record RegistrySettings(bool Avro, string? Urls, SubjectNaming? Naming, string? CredentialsFile, string? CaFile)
{
    private const string User = "TWEETSTREAMS_REGISTRY_USER", Password = "TWEETSTREAMS_REGISTRY_PASSWORD", Token = "TWEETSTREAMS_REGISTRY_TOKEN";

    /// <summary>The options of the registry, or null where the format needs none.</summary>
    /// <exception cref="SettingException">Something is missing, or has no use.</exception>
    public SchemaRegistryOptions? Options(Func<string, string?> environment)
    {
        if (!Avro)
        {
            string? idle = Urls is not null ? "--registry" : Naming is not null ? "--subject-naming" : CredentialsFile is not null ? "--registry-credentials" : CaFile is not null ? "--registry-ca" : null;
            return idle is null ? null : throw new SettingException($"{idle} has no use with JSON; add --format avro, or leave it out");
        }
        if (Urls is null) throw new SettingException("--format avro needs --registry: the address of a schema registry, as http://host:8081");
        return new SchemaRegistryOptions(Urls) { Naming = Naming ?? SubjectNaming.TopicName, Credentials = Credentials(environment), CaFile = CaFile };
    }

    private RegistryCredentials? Credentials(Func<string, string?> environment)
    {
        if (CredentialsFile is not null) return OfFile(CredentialsFile);
        string? user = Set(User), password = Set(Password), token = Set(Token);
        if (token is not null && (user ?? password) is not null) throw new SettingException($"{Token} and {User} or {Password} are both set; set one kind of credentials");
        if (token is not null) return RegistryCredentials.Bearer(token);
        if ((user is null) != (password is null)) throw new SettingException($"{(user is null ? User : Password)} is not set, but {(user is null ? Password : User)} is");
        return user is null ? null : RegistryCredentials.Basic(user, password!);

        string? Set(string name) => environment(name) is { Length: > 0 } value ? value : null;
    }

    private static RegistryCredentials OfFile(string file)
    {
        string text;
        try
        {
            text = File.ReadAllText(file).Trim();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new SettingException($"the registry's credentials cannot be read: {e.Message}", e);
        }
        if (text.Length == 0 || text.Contains('\n', StringComparison.Ordinal)) throw new SettingException($"the file {file} has not one line of credentials: user:password, or a token");
        return text.Split(':', 2) is [var user, var password] ? RegistryCredentials.Basic(user, password) : RegistryCredentials.Bearer(text);
    }
}

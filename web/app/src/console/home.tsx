import { Container, Text, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { answerOf } from "../api/client.ts";
import { api } from "./api.ts";
import { useTexts } from "./texts.ts";

/** The first screen: who is signed in. */
export function Home() {
	const { say, explain } = useTexts();
	const me = useQuery({ queryKey: ["me"], queryFn: ({ signal }) => answerOf(api.GET("/v1/me", { signal })) });
	return (
		<Container component="main" py="xl">
			<Title>{say("console.title")}</Title>
			{me.isSuccess && <Text>{say("console.signed_in", { name: me.data.staff_name ?? me.data.id })}</Text>}
			{me.isError && <Text role="alert">{explain(me.error)}</Text>}
		</Container>
	);
}
